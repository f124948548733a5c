import { Type } from 'typebox'
import { FailureError } from '../../contract/failure.ts'
import { AuditBody, AuditReply, NumberChangesBody, NumberChangesReply, type NumberChange } from '../../contract/number-relay.ts'
import type { Commands } from '../events/commands.ts'
import type { Audit } from '../numbers/audit.ts'
import type { ApplyNumberChange } from '../numbers/changes.ts'
import type { Departures } from '../numbers/departures.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireManager, type RequestSession } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'

/** A query's numbers are text. */
const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,14}$' })),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
    subject: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
)
const PAGE = 50
const LONGEST_PAGE = 200
/** Before and after of one line, in bytes as JSON: settings at Twilio are the longest, with two dozen URLs at most. */
const LINE_BYTES = 16_384

export interface NumberRouteDeps {
  writer: Writer
  audit: Audit
  changeNumber: ApplyNumberChange
  departures: Departures
  commands: Pick<Commands, 'register'>
}

/** `POST /api/numbers/changes` and `/api/audit`: managers change numbers, and see who changed what. */
export function addNumberRoutes(app: Relay, deps: NumberRouteDeps): void {
  addChangeRoute(app, deps)
  addAuditRoutes(app, deps)
}

function addChangeRoute(app: Relay, { writer, changeNumber, departures }: NumberRouteDeps): void {
  type Result = NumberChangesReply['results'][number]
  async function applied(change: NumberChange, session: RequestSession, deadline: AbortSignal): Promise<Result> {
    const { phoneNumber } = change
    try {
      if (!change.hasLeft) await writer.submit(() => changeNumber(change, session))
      else {
        const check = await departures.prove(change, deadline)
        await writer.submit(() => {
          check()
          changeNumber(change, session)
        })
      }
      return { phoneNumber, status: 'applied' }
    } catch (error) {
      if (error instanceof FailureError) return { phoneNumber, status: 'refused', code: error.code }
      throw error
    }
  }
  const changes = { body: NumberChangesBody, response: { 200: NumberChangesReply } }
  app.post('/api/numbers/changes', { onRequest: requireManager, schema: changes }, async ({ body, session }) => {
    const deadline = departures.deadline()
    return { results: await Promise.all(body.changes.map((change) => applied(change, session, deadline))) }
  })
}

function addAuditRoutes(app: Relay, { writer, audit, commands }: NumberRouteDeps): void {
  const onRequest = requireManager
  const reading = { querystring: AuditQuery, response: { 200: AuditReply } }
  app.get('/api/audit', { onRequest, schema: reading }, ({ query: { before, limit, subject } }) =>
    audit.page({
      limit: Math.min(LONGEST_PAGE, Number(limit ?? PAGE)),
      subject,
      before: before === undefined ? undefined : Number(before),
    }),
  )
  const tell = (entries: AuditBody['entries'], session: RequestSession) => {
    if (entries.some(({ before, after }) => Buffer.byteLength(JSON.stringify([before, after])) > LINE_BYTES))
      throw new FailureError('bad-request', 'a line of the trace is too long')
    for (const entry of entries) audit.appendAudit(entry, session)
  }
  app.post('/api/audit', { onRequest, schema: { body: AuditBody } }, async ({ body: { entries }, session }, reply) => {
    await writer.submit(() => tell(entries, session))
    return reply.code(204).send()
  })
  commands.register('audit.tell', ({ entries }, session) => {
    if (session.role !== 'manager') throw new FailureError('forbidden', 'this is for managers')
    tell(entries, session)
    return undefined
  })
}
