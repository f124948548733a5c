import { useEffect, useRef } from 'react'
import type UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useSettings } from '../../state/use.ts'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk, type CallDesk } from '../desk.tsx'
import type { chartData } from '../model/sound.ts'

const HEIGHT = 150
/** Between two marks of the time, seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200]
type Data = ReturnType<typeof chartData>
type Colours = Record<'mos' | 'jitter' | 'loss' | 'ink' | 'line', string>

/** The theme's colours as a canvas understands them. */
function coloursOf(element: HTMLElement): Colours {
  const probe = document.createElement('span')
  element.append(probe)
  const read = (variable: string) => {
    probe.style.setProperty('color', `var(${variable})`)
    return getComputedStyle(probe).color
  }
  const colours = { mos: read('--accent'), jitter: read('--warn'), loss: read('--alarm'), ink: read('--ink-2'), line: read('--line') }
  probe.remove()
  return colours
}

const line = (label: string, scale: string, stroke: string, digits: number): UPlot.Series => ({
  label,
  scale,
  stroke,
  width: 1.5,
  points: { show: false },
  spanGaps: false,
  value: (_, value: number | null | undefined) => value?.toFixed(digits) ?? '–',
})

function optionsOf(width: number, colours: Colours, { t }: CallDesk): UPlot.Options {
  const axis = {
    stroke: colours.ink,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    font: '11px Inter Variable, sans-serif',
  }
  return {
    width,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: { time: false },
      mos: { range: [1, 5] },
      jitter: { range: (_, __, most) => [0, Math.max(20, most ?? 0)] },
      loss: { range: (_, __, most) => [0, Math.max(5, most ?? 0)] },
    },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map((one) => formatDuration(one)), size: 24, incrs: STEPS },
      { ...axis, scale: 'mos', size: 28, splits: () => [1, 2, 3, 4, 5] },
      { ...axis, scale: 'jitter', side: 1, size: 36, grid: { show: false } },
    ],
    series: [
      {
        label: t('timeline.quality.at'),
        value: (_, seconds) => (seconds === null || seconds === undefined ? '–' : formatDuration(seconds)),
      },
      line(t('timeline.quality.mos'), 'mos', colours.mos, 2),
      line(t('timeline.quality.jitter'), 'jitter', colours.jitter, 0),
      line(t('timeline.quality.loss'), 'loss', colours.loss, 1),
    ],
  }
}

/** Draws it, and again with every width and theme. Where nothing can be drawn the sentence and the table say it all. */
async function draw(element: HTMLElement, data: Data, desk: CallDesk, signal: AbortSignal): Promise<void> {
  if (!document.createElement('canvas').getContext('2d')) return
  const { default: Plot } = await import('uplot')
  if (signal.aborted) return
  let plot: UPlot | undefined
  const redraw = () => {
    plot?.destroy()
    const width = element.clientWidth
    plot = width > 0 ? new Plot(optionsOf(width, coloursOf(element), desk), data, element) : undefined
  }
  const observer = new ResizeObserver(() => {
    if (!plot) return redraw()
    return plot.setSize({ width: element.clientWidth, height: HEIGHT })
  })
  observer.observe(element)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw, { signal })
  signal.addEventListener('abort', () => {
    observer.disconnect()
    plot?.destroy()
  })
}

interface ChartProps {
  data: Data
  /** What it shows, in a sentence. */
  label: string
}

/** MOS, jitter and loss over the call. */
export function QualityChart(props: ChartProps) {
  return <Drawn key={useSettings((state) => state.theme)} {...props} />
}

function Drawn({ data, label }: ChartProps) {
  const desk = useCallDesk()
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!element.current) return undefined
    const ending = new AbortController()
    void draw(element.current, data, desk, ending.signal)
    return () => ending.abort()
  }, [data, desk])
  return (
    <div
      ref={element}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn by script, which an img cannot be
      role="img"
      aria-label={label}
      className="min-h-45 text-small [&_.u-legend]:text-small [&_.u-legend]:font-sans [&_.u-legend]:text-ink-2 [&_.u-legend_th]:font-medium"
    />
  )
}
