// Connection overrides: how a webhook's owner tunes timeouts and retries in the fragment of its URL.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides

/** What a failed attempt failed of: no connection, no answer in time, or a status. */
export type FailureKind = 'ct' | 'rt' | '4xx' | '5xx'

export interface ConnectionOverrides {
  connectMs: number
  readMs: number
  totalMs: number
  retries: number
  retryOn: ReadonlySet<FailureKind>
  edges: string[]
}

const everything: FailureKind[] = ['ct', 'rt', '4xx', '5xx']

/** Takes the overrides out of a URL's fragment; what is missing or out of range keeps Twilio's default. The URL comes back without fragment. */
export function parseOverrides(url: string): { url: string; overrides: ConnectionOverrides } {
  const at = url.indexOf('#')
  const given = new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
  const milliseconds = (name: string, least: number, most: number, otherwise: number) => {
    const value = Number(given.get(name) ?? Number.NaN)
    return Number.isInteger(value) && value >= least && value <= most ? value : otherwise
  }
  const kinds = list(given.get('rp')).filter((kind) => kind === 'all' || everything.includes(kind as FailureKind))
  const retryOn = kinds.includes('all') ? everything : (kinds as FailureKind[])
  return {
    url: at < 0 ? url : url.slice(0, at),
    overrides: {
      connectMs: milliseconds('ct', 100, 10_000, 5000),
      readMs: milliseconds('rt', 100, 15_000, 15_000),
      totalMs: milliseconds('tt', 100, 15_000, 15_000),
      retries: milliseconds('rc', 0, 5, 1),
      retryOn: new Set(retryOn.length ? retryOn : (['ct'] as const)),
      edges: list(given.get('e')),
    },
  }
}

const list = (text: string | null): string[] => (text ?? '').split(',').filter(Boolean)
