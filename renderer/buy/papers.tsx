import { FileCheck, FileQuestionMark, FileWarning } from 'lucide-react'
import { useId, useState } from 'react'
import type { NumberOffer, Papers } from '../../contract/number-desktop.ts'
import { cx } from '../ui/class-names.ts'
import { useNumberWords } from '../words/index.ts'
import { papersState } from './model/results.ts'
import { useFormat } from './use-buying.ts'

const glyphs = { missing: FileWarning, ready: FileCheck, unknown: FileQuestionMark }
const tones = { missing: 'bg-warn-wash text-warn', ready: 'bg-accent-wash text-accent', unknown: 'bg-hover text-ink-2' }

/** Whether buying needs papers, and whether the account has them. Nothing when none are needed. */
export function PapersBadge({ offer }: { offer: NumberOffer }) {
  const t = useNumberWords()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const state = papersState(offer)
  if (state === 'none') return null
  const Glyph = glyphs[state]
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={t('buy.papers.about', { state: t(`buy.papers.${state}`), number: format(offer.phoneNumber) })}
        onClick={() => setOpen(!isOpen)}
        className={cx('inline-flex h-6 shrink-0 items-center gap-1 rounded-full px-2 text-small font-medium hover:underline', tones[state])}
      >
        <Glyph className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
        {t(`buy.papers.${state}`)}
      </button>
      {isOpen && (
        <div id={id} className="order-last w-full pb-2 pl-6">
          <PapersDetail papers={offer.papers} />
        </div>
      )}
    </>
  )
}

/** What is wanted, and what the account has of it. */
export function PapersDetail({ papers }: { papers: Papers }) {
  const t = useNumberWords()
  const has = (sid: string | null) => (sid ? t('buy.papers.has', { sid }) : t('buy.papers.hasNot'))
  return (
    <ul className="flex list-disc flex-col gap-0.5 pl-4 break-words text-ink-2">
      {papers.address !== 'none' && (
        <li>
          {t(`buy.papers.address.${papers.address}`)} {has(papers.addressSid)}
        </li>
      )}
      {papers.bundle === 'required' && (
        <li>
          {t('buy.papers.bundle')} {has(papers.bundleSid)}
        </li>
      )}
      {papers.bundle === 'unknown' && <li>{t('buy.papers.bundleUnknown')}</li>}
      {papers.wants.length > 0 && <li>{t('buy.papers.wants', { what: papers.wants.join(', ') })}</li>}
    </ul>
  )
}
