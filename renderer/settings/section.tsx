import type { ReactNode } from 'react'

/** A part of Settings under its own heading. */
export function Section({ id, title, text, children }: { id: string; title: string; text?: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 border-t border-line py-6 first-of-type:border-t-0 first-of-type:pt-2">
      <div>
        <h2 id={id} className="text-[16px] leading-6 font-semibold">
          {title}
        </h2>
        {text && <p className="max-w-140 text-ink-2">{text}</p>}
      </div>
      {children}
    </section>
  )
}

/** Facts, a line each: what, and how it is. What is not known is left out. */
export function Facts({ rows }: { rows: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="flex max-w-140 flex-col gap-1.5">
      {rows.map(
        ([label, value]) =>
          value !== null &&
          value !== undefined && (
            <div key={label} className="flex gap-4 max-wide:flex-col max-wide:gap-0">
              <dt className="w-34 shrink-0 text-ink-2">{label}</dt>
              <dd className="min-w-0 break-words tabular-nums">{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
