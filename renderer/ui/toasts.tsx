import { Toast } from 'radix-ui'
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import { Button } from './button.tsx'

interface Said {
  id: number
  text: string
  /** Takes it back, while that is possible. */
  undo?: (() => void) | undefined
}
type Say = (text: string, undo?: () => void) => void

const SayContext = createContext<Say | undefined>(undefined)
/** Long enough to read it and to take it back. */
const SHOWN_MS = 10_000

/** Says that something was done, with a way back; only inside of `Toasts`. @throws Error outside of it */
export function useSay(): Say {
  const say = use(SayContext)
  if (!say) throw new Error('no Toasts')
  return say
}

/** Shows what is said in it at the foot of the window, newest below, above a bar of acts and below every dialog; read aloud. */
export function Toasts({ label, undoLabel, children }: { label: string; undoLabel: string; children: ReactNode }) {
  const [said, setSaid] = useState<Said[]>([])
  const say = useCallback<Say>((text, undo) => setSaid((all) => [...all.slice(-2), { id: (all.at(-1)?.id ?? 0) + 1, text, undo }]), [])
  const forget = (id: number) => setSaid((all) => all.filter((one) => one.id !== id))
  const context = useMemo(() => say, [say])
  return (
    <Toast.Provider label={label} duration={SHOWN_MS} swipeDirection="down">
      <SayContext value={context}>{children}</SayContext>
      {said.map(({ id, text, undo }) => (
        <Toast.Root
          key={id}
          onOpenChange={(isOpen) => isOpen || forget(id)}
          className="flex animate-rise items-center gap-3 rounded-panel border border-line-strong bg-raised py-2 pr-2 pl-4 shadow-raised"
        >
          <Toast.Title className="min-w-0 flex-1 break-words">{text}</Toast.Title>
          {undo && (
            <Toast.Action altText={undoLabel} asChild>
              <Button onClick={undo}>{undoLabel}</Button>
            </Toast.Action>
          )}
        </Toast.Root>
      ))}
      <Toast.Viewport
        label={`${label} ({hotkey})`}
        className="fixed inset-x-4 bottom-[calc(--spacing(20)+var(--act-bar,0px))] z-30 mx-auto flex max-w-100 flex-col gap-2 outline-none wide:bottom-[calc(--spacing(12)+var(--act-bar,0px))]"
      />
    </Toast.Provider>
  )
}

/** What is said in it is shown by the `Toasts` around it, or by its own where there are none: for parts that several screens show. */
export function OwnToasts(props: { label: string; undoLabel: string; children: ReactNode }) {
  return use(SayContext) ? props.children : <Toasts {...props} />
}
