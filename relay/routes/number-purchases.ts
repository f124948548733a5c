import { Type } from 'typebox'
import { PurchaseBody, PurchaseProgressBody, PurchaseReply, PurchasesReply } from '../../contract/number-relay.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import type { Purchases } from '../numbers/purchases.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'

const IntentParams = Type.Object({ intentId: Type.String({ pattern: ID_PATTERN }) })

/** `/api/numbers/purchases`: who is buying which number. Staff may ask for one, and take that back (RULES R29). */
export function addPurchaseRoutes(app: Relay, { purchases, writer }: { purchases: Purchases; writer: Writer }): void {
  const reply = { response: { 200: PurchaseReply } }
  app.get('/api/numbers/purchases', { onRequest: requireUser, schema: { response: { 200: PurchasesReply } } }, ({ session }) =>
    purchases.list(session),
  )
  app.post('/api/numbers/purchases', { onRequest: requireUser, schema: { body: PurchaseBody, ...reply } }, ({ body, session }) =>
    writer.submit(() => purchases.lease(body, session)),
  )
  app.put(
    '/api/numbers/purchases/:intentId',
    { onRequest: requireUser, schema: { params: IntentParams, body: PurchaseProgressBody, ...reply } },
    ({ params, body, session }) => writer.submit(() => purchases.report(params.intentId, body, session)),
  )
}
