import type { Capabilities } from '../../contract/number.ts'
import { cx } from '../ui/class-names.ts'

// Icons of rows: lucide's lines (ISC), each as one path, since a row is drawn as fast as it has few elements.
const RING = 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0z'
export const levelPaths = {
  good: `${RING}M16 9l-5.5 5.5L8 12`,
  warning: 'M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01',
  bad: `${RING}M15 9l-6 6M9 9l6 6`,
  unknown: `${RING}M9 9.5a3 2.5 0 0 1 6 0c0 2-2 2-3 3.5M12 17h.01`,
} as const

const capabilityPaths: readonly [keyof Capabilities, string][] = [
  [
    'voice',
    'M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384',
  ],
  ['sms', 'M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z'],
  [
    'mms',
    'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM7 9a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM21 15l-3.086-3.086a2 2 0 0 0-2.828 0L6 21',
  ],
  [
    'fax',
    'M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6M7 14h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z',
  ],
]

const lines = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75, strokeLinecap: 'round', strokeLinejoin: 'round' } as const
/** One icon of 16 px; what it means stands beside it. */
export const Glyph = ({ path, className }: { path: string; className: string }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true" className={cx('size-4 shrink-0', className)} {...lines}>
    <path d={path} />
  </svg>
)

const GAP = 9
/** What a number can do, in one picture. `label`: the same in words. */
export function CapabilityGlyphs({ capabilities, label }: { capabilities: Capabilities; label: string }) {
  const shown = capabilityPaths.filter(([name]) => capabilities[name])
  const width = shown.length * (24 + GAP) - GAP
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn in the text's colour, which an img cannot be
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} 24`} className="h-4 shrink-0 text-ink-2" width={(width * 2) / 3} {...lines}>
      {shown.map(([name, path], index) => (
        <path key={name} d={path} transform={index === 0 ? undefined : `translate(${index * (24 + GAP)})`} />
      ))}
    </svg>
  )
}
export const capabilityNames = capabilityPaths.map(([name]) => name)
