/** A key, as shown beside what it does. Drawn, not written: a button is named by its verb alone. */
export function Kbd({ children, className = '' }: { children: string; className?: string }) {
  return (
    <kbd
      aria-hidden="true"
      data-key={children}
      className={`inline-flex h-5 min-w-5 items-center justify-center rounded border border-current/30 px-1 font-sans text-[11px] before:content-[attr(data-key)] ${className}`}
    />
  )
}
