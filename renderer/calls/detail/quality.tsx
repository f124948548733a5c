import { useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk, type CallDesk } from '../desk.tsx'
import { chartData, summaryOf, type Series } from '../model/sound.ts'
import { QualityChart } from './quality-chart.tsx'

/** How the sound was, as each device heard it: a sentence, a chart, and a table for those who do not see it. */
export function Quality({ series }: { series: readonly Series[] }) {
  const { t } = useCallDesk()
  return (
    <div className="flex flex-col gap-3 pt-2">
      <h4 className="font-semibold">{t('timeline.quality.title')}</h4>
      {series.map((one) => (
        <OneDevice key={one.deviceId} series={one} />
      ))}
      <p className="text-small text-ink-2">{t('timeline.quality.scale')}</p>
    </div>
  )
}

/** The sentence that says what the chart shows. */
function summaryText(series: Series, { t }: CallDesk): string {
  const { mosMean, mosWorst, jitterMost, lossMost } = summaryOf(series.samples)
  const others = { jitter: (jitterMost ?? 0).toFixed(0), loss: (lossMost ?? 0).toFixed(1) }
  if (mosMean === null || mosWorst === null) return t('timeline.quality.summaryNoMos', others)
  return t('timeline.quality.summary', { mos: mosMean.toFixed(1), worst: mosWorst.toFixed(1), ...others })
}

function OneDevice({ series }: { series: Series }) {
  const desk = useCallDesk()
  const { t, names, deviceId } = desk
  const [isTable, setTable] = useState(false)
  const data = useMemo(() => chartData(series.samples), [series.samples])
  const name = (series.userId && names[series.userId]) ?? t('timeline.aDevice')
  const who = series.deviceId === deviceId ? `${name}, ${t('timeline.thisDevice')}` : name
  const summary = summaryText(series, desk)
  return (
    <figure className="flex flex-col gap-1">
      <figcaption>
        <span className="font-medium">{t('timeline.quality.of', { who })}</span>
        <span className="block text-ink-2">{summary}</span>
      </figcaption>
      <QualityChart data={data} label={`${t('timeline.quality.chart')}: ${summary}`} />
      <Button look="quiet" className="-ml-3 self-start" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
        {t('timeline.quality.showTable')}
      </Button>
      {isTable && <Table data={data} />}
    </figure>
  )
}

function Table({ data: [at, mos, jitter, loss] }: { data: ReturnType<typeof chartData> }) {
  const { t } = useCallDesk()
  const shown = (value: number | null | undefined, digits: number) => value?.toFixed(digits) ?? t('timeline.quality.unknown')
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- what scrolls must be reachable by key
    <div role="group" aria-label={t('timeline.quality.table')} tabIndex={0} className="max-h-60 overflow-auto">
      <table className="text-left tabular-nums">
        <thead className="text-small text-ink-2">
          <tr>
            {(['at', 'mos', 'jitter', 'loss'] as const).map((column) => (
              <th key={column} className="py-1 pr-6 font-medium">
                {t(`timeline.quality.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at.map((seconds, index) => (
            <tr key={seconds} className="border-t border-line">
              <td className="py-1 pr-6">{formatDuration(seconds)}</td>
              <td className="py-1 pr-6">{shown(mos[index], 2)}</td>
              <td className="py-1 pr-6">{shown(jitter[index], 0)}</td>
              <td className="py-1 pr-6">{shown(loss[index], 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
