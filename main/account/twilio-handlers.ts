import type { TwilioAccounts } from './twilio-accounts.ts'

/** The bridge's requests about the Twilio account. */
export const twilioAccountHandlers = ({ accounts }: { accounts: TwilioAccounts }) => ({
  'account.get': accounts.get,
  'account.set': accounts.set,
  'account.test': accounts.test,
  'account.forget': accounts.forget,
  'account.setTransferNumber': ({ transferNumber }: { transferNumber: string | null }) => accounts.setTransferNumber(transferNumber),
})
