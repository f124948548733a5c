// The peer of a first sync: a process that has just begun, pages through the same list with the same client, and forgets it. Prints how long that
// took, in ms. Arguments: the account's SID, API key, secret, and Twilio's address.
import { createTwilioAccount } from '../../main/twilio/account.ts'

const [accountSid = '', apiKey = '', apiSecret = '', apiBase = ''] = process.argv.slice(2)
const account = createTwilioAccount({ accountSid, apiKey, apiSecret }, { apiBase })
await account.account() // as the desktop has done by then: the connection is open
const began = performance.now()
await account.numbers()
console.log(performance.now() - began)
