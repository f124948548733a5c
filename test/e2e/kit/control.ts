export interface ControlLeg {
  sid: string
  status: string
  kind: string
  digits?: string
  heard: { frequencyHz: number; level: number } | null
}

/** The sandbox's control API, as a test drives the outside world. */
export function createControl(sandboxUrl: string) {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(path, sandboxUrl), {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : {}) as T
  }
  return {
    /** Somebody outside calls one of our numbers. */
    incoming: (from: string, to: string, script?: string) =>
      call<{ callSid: string }>('POST', '/control/incoming-calls', { from, to, ...(script ? { script } : {}) }).then(
        ({ callSid }) => callSid,
      ),
    hangUp: (sid: string) => call('POST', `/control/calls/${sid}/hangup`, {}),
    digits: (sid: string, digits: string) => call('POST', `/control/calls/${sid}/digits`, { digits }),
    call: (sid: string) => call<{ status: string; legs: ControlLeg[] }>('GET', `/control/calls/${sid}`),
    calls: () => call<{ calls: { sid: string; direction: string }[] }>('GET', '/control/calls').then(({ calls }) => calls),
    ledger: () =>
      call<{ balance: string; entries: { kind: string; what: string; amount?: string; code?: number; callSid?: string }[] }>(
        'GET',
        '/control/ledger',
      ),
    /** What was paid for, in order: `+1…: one month`. */
    charges: async () =>
      (await call<{ entries: { kind: string; what: string }[] }>('GET', '/control/ledger')).entries.filter(({ kind }) => kind === 'charge'),
    numbers: () =>
      call<{ numbers: { phoneNumber: string; friendlyName: string }[] }>('GET', '/control/numbers').then(({ numbers }) => numbers),
    /** So many more numbers are ours, unpaid. */
    addNumbers: (count: number, voiceUrl?: string) => call('POST', '/control/numbers', { count, ...(voiceUrl ? { voiceUrl } : {}) }),
    /** Somebody else takes a number. */
    take: (phoneNumber: string) => call('POST', '/control/numbers/taken', { phoneNumber }),
    key: (readOnly: boolean) => call<{ sid: string; secret: string }>('POST', '/control/keys', { readOnly }),
    account: (account: { type?: 'Full' | 'Trial'; balance?: string }) => call('POST', '/control/account', account),
    faults: (faults: object) => call('POST', '/control/faults', faults),
    clock: (body: object) => call('POST', '/control/clock', body),
    reset: () => call('POST', '/control/reset', {}),
  }
}
export type Control = ReturnType<typeof createControl>
