import type { CallRecord } from '../../contract/call.ts'
import { OutcomeGlyph } from '../calls/outcome.tsx'
import { cx } from '../ui/class-names.ts'
import { useWords } from '../words/index.ts'
import { usePartyName } from './party.ts'

interface SuggestionListProps {
  id: string
  calls: CallRecord[]
  active: number
  onChoose: (call: CallRecord) => void
}

export const optionId = (id: string, index: number) => `${id}-${index}`

/** Below the field, over what is there: nothing moves. The focus stays in the field. */
export function SuggestionList({ id, calls, active, onChoose }: SuggestionListProps) {
  const t = useWords()
  const nameOf = usePartyName()
  return (
    <div
      id={id}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a datalist cannot be styled, and says nothing of Enter
      role="listbox"
      aria-label={t('phone.suggestions')}
      className="absolute inset-x-0 top-full z-10 mt-1 animate-rise rounded-panel border border-line-strong bg-raised p-1 shadow-raised"
    >
      {calls.map((call, index) => (
        <div
          key={call.callId}
          id={optionId(id, index)}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- of the listbox above
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => {
            event.preventDefault() // the field keeps the focus
            onChoose(call)
          }}
          className={cx(
            'flex h-9 cursor-pointer items-center gap-2.5 rounded-control px-2 tabular-nums',
            index === active ? 'bg-accent-wash text-accent' : 'hover:bg-hover',
          )}
        >
          <OutcomeGlyph call={call} />
          <span className="truncate">{nameOf(call.party)}</span>
        </div>
      ))}
    </div>
  )
}
