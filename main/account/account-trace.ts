import type { AuditBody, ToldAction } from '../../contract/number-relay.ts'
import { accountView, type TwilioRecord } from './twilio-record.ts'

export type AccountLine = AuditBody['entries'][number]

const shown = (record: TwilioRecord | undefined): Record<string, unknown> => {
  const { kind, lastFour } = accountView(record, null)
  return record ? { kind, lastFour } : {}
}

const line = (action: ToldAction, subject: string, before: object, after: object): AccountLine => ({
  action,
  subject,
  before: { ...before },
  after: { ...after },
})

/** What the trace says of the account; never a secret, and of the same account what was set up before. */
export const accountLines = {
  set: (was: TwilioRecord | undefined, is: TwilioRecord): AccountLine => {
    const { accountSid } = is.credentials
    return line('account.set', accountSid, was?.credentials.accountSid === accountSid ? shown(was) : {}, shown(is))
  },
  keyCreated: (accountSid: string, keySid: string): AccountLine =>
    line('account.key-created', accountSid, {}, { lastFour: keySid.slice(-4) }),
  forgotten: (was: TwilioRecord): AccountLine => line('account.forgotten', was.credentials.accountSid, shown(was), {}),
  /** A number is its own subject, so that its history shows it; without one it is the number that was. */
  transferNumber: (was: string | null, is: string | null): AccountLine =>
    line('account.transfer-number-set', is ?? was ?? '', { transferNumber: was }, { transferNumber: is }),
}
