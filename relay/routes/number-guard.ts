import { Type } from 'typebox'
import { GuardBody } from '../../contract/number-relay.ts'
import type { DirectoryReads, DirectoryWrites } from '../directory/directory.ts'
import { isMarker, nameOf } from '../directory/listing.ts'
import type { NumberSync } from '../directory/number-sync.ts'
import type { Guard } from '../numbers/guard.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireManager } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'
import { failureOfTwilio } from '../twilio/failures.ts'
import type { Urls } from '../twiml/urls.ts'

export interface GuardRouteDeps {
  guard: Guard
  numberSync: Pick<NumberSync, 'refresh' | 'listedAt'>
  directory: Pick<DirectoryReads & DirectoryWrites, 'number' | 'saveNumber'>
  writer: Writer
  urls: Pick<Urls, 'number'>
}

/** `/api/numbers/guard` and `/api/numbers/refresh`: the numbers' settings at Twilio, for managers (RULES R31). */
export function addGuardRoutes(app: Relay, { guard, numberSync, directory, writer, urls }: GuardRouteDeps): void {
  const asManager = { onRequest: requireManager }
  const Query = Type.Object({ only: Type.Optional(Type.String({ maxLength: 2000 })) }, { additionalProperties: false })
  app.get('/api/numbers/guard', { ...asManager, schema: { querystring: Query } }, ({ query: { only } }, reply) =>
    reply.type('application/json; charset=utf-8').send(guard.replyText(urls.number, only?.split(','))),
  )
  app.put('/api/numbers/guard', { ...asManager, schema: { body: GuardBody } }, async ({ body, session }, reply) => {
    await writer.submit(() => {
      for (const { phoneNumber, friendlyName } of guard.keep(body.rows, session)) {
        const number = directory.number(phoneNumber)
        if (number && !isMarker(friendlyName)) directory.saveNumber({ ...number, name: nameOf(friendlyName, phoneNumber) })
      }
    })
    return reply.code(204).send()
  })
  const Refreshed = Type.Object({ listedAt: Type.Union([Type.String(), Type.Null()]) })
  app.post('/api/numbers/refresh', { ...asManager, schema: { response: { 200: Refreshed } } }, async () => {
    await numberSync.refresh().catch((error: unknown) => {
      throw failureOfTwilio(error)
    })
    return { listedAt: numberSync.listedAt() }
  })
}
