import { LoaderCircle } from 'lucide-react'

/** Beside a word that says what is waited for. */
export const Spinner = () => <LoaderCircle className="size-4 animate-spin" strokeWidth={1.75} aria-hidden="true" />
