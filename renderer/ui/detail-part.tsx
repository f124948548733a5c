import { useId, type ReactNode } from 'react'

/** A part of a thing's details, under its own heading. */
export function DetailPart({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2 border-t border-line pt-4">
      <div className="flex min-h-8 items-center gap-2">
        <h3 id={id} className="min-w-0 flex-1 font-semibold">
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  )
}
