import { useState } from 'react'
import { useSession } from '../state/use.ts'
import { useNumberWords, type NumberT } from '../words/index.ts'
import { AccountSection } from './account-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { BackfillSection } from './backfill-section.tsx'
import { BackupSection } from './backup-section.tsx'
import { ComputerSection } from './computer-section.tsx'
import { TraceSection } from './trace-section.tsx'
import { TransferSection } from './transfer-section.tsx'

const sections = {
  account: AccountSection,
  transfer: TransferSection,
  appearance: AppearanceSection,
  backfill: BackfillSection,
  backup: BackupSection,
  trace: TraceSection,
  computer: ComputerSection,
} as const
type SectionName = keyof typeof sections
const names = Object.keys(sections) as SectionName[]
/** Where staff have nothing to set or read: the account's section says who has. */
const managersOnly: ReadonlySet<SectionName> = new Set(['transfer', 'backfill', 'trace'])

function matches(name: SectionName, text: string, t: NumberT): boolean {
  const words = `${t(`settings.${name}.title`)} ${t(`settings.${name}.keywords`)}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word))
}

/** Everything that can be set, on one page that can be searched. */
export function SettingsScreen() {
  const t = useNumberWords()
  const isManager = useSession((state) => state.session?.user?.role === 'manager')
  const [text, setText] = useState('')
  const shown = names.filter((name) => (isManager || !managersOnly.has(name)) && matches(name, text.trim(), t))
  return (
    <div className="flex h-full flex-col">
      <header className="flex shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4 pb-3">
        <h1 className="text-title font-semibold tracking-tight">{t('settings.title')}</h1>
        <input
          type="search"
          data-screen-search=""
          aria-label={t('settings.search')}
          placeholder={t('settings.search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="h-8 w-60 max-w-full rounded-control border border-line-strong bg-surface px-2.5 hover:border-ink-3"
        />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-6">
        <div className="max-w-180">
          {shown.map((name) => {
            const Section = sections[name]
            return <Section key={name} />
          })}
          {shown.length === 0 && <p className="text-ink-2">{t('settings.nothing', { text: text.trim() })}</p>}
        </div>
      </div>
    </div>
  )
}
