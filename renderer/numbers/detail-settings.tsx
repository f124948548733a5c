import type { NumberView } from '../../contract/number-desktop.ts'
import { settingNames } from './model/settings.ts'
import { createSyncStore } from '../state/number-sync.ts'
import { createNumberViewStore } from '../state/number-view.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords } from '../words/index.ts'
import { DetailPart } from '../ui/detail-part.tsx'
import { useSettingName } from './sync-preview.tsx'
import { useWhen } from './when.ts'

/** What somebody changed at Twilio, was → is, with both ways out; all settings below, for whoever looks. */
export function DetailSettings({ view }: { view: NumberView }) {
  const t = useNumberWords()
  const when = useWhen()
  const { settings, drift, seenAt } = view
  const putOff = usePutOff(view.number.phoneNumber)
  return (
    <DetailPart
      title={t('numbers.detail.settings')}
      aside={seenAt && <span className="text-small text-ink-2">{t('numbers.detail.seen', { when: when(seenAt).text })}</span>}
    >
      {!settings && <p className="text-ink-2">{t('numbers.detail.notSeen')}</p>}
      {drift.length > 0 && <Drift drift={drift} />}
      {settings && drift.length === 0 && (
        <p className="text-ink-2">{putOff ? t('numbers.detail.putOff', { keys: putOff }) : t('numbers.detail.noDrift')}</p>
      )}
      {settings && <AllSettings settings={settings} />}
    </DetailPart>
  )
}

/** Settings of which a sync that was put off knows that they differ at Twilio; '' when none. */
function usePutOff(phoneNumber: string): string {
  const settingName = useSettingName()
  const change = useLater(createSyncStore, ({ putOff }) => putOff?.changed.find((one) => one.phoneNumber === phoneNumber))
  return change ? change.keys.map(settingName).join(', ') : ''
}

function Drift({ drift }: { drift: NumberView['drift'] }) {
  const t = useNumberWords()
  const settingName = useSettingName()
  const store = useApp().state.later(createNumberViewStore)
  const busy = useLater(createNumberViewStore, (state) => state.busy)
  const isBusy = busy !== null
  return (
    <div data-drift className="flex flex-col gap-2 rounded-panel bg-warn-wash px-3 py-2.5">
      <p className="font-medium">{t('numbers.detail.driftTitle', { count: drift.length })}</p>
      <p className="text-ink-2">{t('numbers.detail.driftText')}</p>
      <dl className="flex flex-col gap-2">
        {drift.map(({ key, was, is }) => (
          <div key={key}>
            <dt className="font-medium">{settingName(key)}</dt>
            <Side word={t('numbers.detail.was')} value={was} />
            <Side word={t('numbers.detail.is')} value={is} />
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={isBusy} icon={busy === 'restore' && <Spinner />} onClick={() => void store.getState().restore()}>
          {busy === 'restore' ? t('numbers.detail.restoring') : t('numbers.detail.restore')}
        </Button>
        <Button disabled={isBusy} icon={busy === 'accept' && <Spinner />} onClick={() => void store.getState().acceptDrift()}>
          {busy === 'accept' ? t('numbers.detail.accepting') : t('numbers.detail.accept')}
        </Button>
      </div>
    </div>
  )
}

function Side({ word, value }: { word: string; value: string }) {
  const t = useNumberWords()
  return (
    <dd className="flex gap-2">
      <span className="w-8 shrink-0 text-ink-2">{word}</span>
      <span className={value ? 'min-w-0 break-all' : 'text-ink-2'}>{value || t('numbers.detail.unset')}</span>
    </dd>
  )
}

function AllSettings({ settings }: { settings: NonNullable<NumberView['settings']> }) {
  const t = useNumberWords()
  const settingName = useSettingName()
  return (
    <details>
      <summary className="cursor-pointer rounded text-ink-2 hover:text-ink">{t('numbers.detail.allSettings')}</summary>
      <dl className="flex flex-col gap-1.5 pt-2 text-small">
        {settingNames(settings).map((key) => (
          <div key={key} className="flex gap-3">
            <dt className="w-32 shrink-0 text-ink-2">{settingName(key)}</dt>
            <dd className={settings[key] ? 'min-w-0 break-all' : 'text-ink-3'}>{settings[key] || t('numbers.detail.unset')}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
