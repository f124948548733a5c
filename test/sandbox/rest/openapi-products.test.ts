import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { productOperations } from '../../../sandbox/twilio/rest/plugin.ts'
import { regulations } from '../../../sandbox/twilio/world/regulations.ts'
import { createOpenApi } from '../../kit/oai/validator.ts'
import { startRest, type Rest } from './kit.ts'

// Twilio's other products, each against its own document.
const documents = {
  pricing_v1: createOpenApi('pricing_v1'),
  pricing_v2: createOpenApi('pricing_v2'),
  numbers_v2: createOpenApi('numbers_v2'),
}
let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

const papers = () => rest.client.numbers.v2.regulatoryCompliance
const regulation = regulations.find(({ iso, endUserType }) => iso === 'DE' && endUserType === 'business')
const makers = {
  bundle: async () => {
    const bundle = await papers().bundles.create({ friendlyName: 'b', email: 'a@example.com', regulationSid: regulation?.sid ?? '' })
    return bundle.sid
  },
  endUser: async () => (await papers().endUsers.create({ friendlyName: 'e', type: 'business', attributes: { business_name: 'x' } })).sid,
  document: async () => (await papers().supportingDocuments.create({ friendlyName: 'd', type: 'address' })).sid,
}
/** Fills a template's names with things of the account, made where they have to be there. */
async function place(path: string): Promise<string> {
  let bundle = ''
  const sids: Record<string, () => Promise<string | undefined> | string | undefined> = {
    Countries: () => 'US',
    Numbers: () => '+14155550100',
    Regulations: () => regulation?.sid,
    EndUsers: makers.endUser,
    SupportingDocuments: makers.document,
    EndUserTypes: async () => (await papers().endUserTypes.list())[0]?.sid,
    SupportingDocumentTypes: async () => (await papers().supportingDocumentTypes.list())[0]?.sid,
    Bundles: async () => (bundle = await makers.bundle()),
    ItemAssignments: async () =>
      (
        await papers()
          .bundles(bundle)
          .itemAssignments.create({ objectSid: await makers.endUser() })
      ).sid,
    Evaluations: async () => (await papers().bundles(bundle).evaluations.create()).sid,
  }
  const parts = path.split('/')
  for (const [index, part] of parts.entries()) if (part.startsWith('{')) parts[index] = (await sids[parts[index - 1] ?? '']?.()) ?? ''
  return parts.join('/')
}

const compliance = '/numbers/v2/RegulatoryCompliance'
const bodies: Record<string, () => Promise<Record<string, string>> | Record<string, string>> = {
  [`${compliance}/EndUsers`]: () => ({ FriendlyName: 'e', Type: 'individual', Attributes: '{"first_name":"Ada"}' }),
  [`${compliance}/SupportingDocuments`]: () => ({ FriendlyName: 'd', Type: 'address', Attributes: '{}' }),
  [`${compliance}/Bundles`]: () => ({
    FriendlyName: 'b',
    Email: 'a@example.com',
    IsoCountry: 'FR',
    NumberType: 'local',
    EndUserType: 'individual',
  }),
  [`${compliance}/Bundles/{BundleSid}/ItemAssignments`]: async () => ({ ObjectSid: await makers.document() }),
}

describe("every success body is what Twilio's documents describe, and nothing more", () => {
  test.each(productOperations)('$method $path', async ({ method, path }) => {
    const filled = await place(path)
    const answer = await fetch(`${rest.url}${filled}`, {
      method,
      headers: { authorization: rest.authorization },
      ...(method === 'POST' ? { body: new URLSearchParams((await bodies[path]?.()) ?? { FriendlyName: 'renamed' }) } : {}),
    })
    const [, product = '', version = '', rest_ = ''] = /^\/(\w+)\/(v\d)(.*)$/.exec(path) ?? []
    const openApi = documents[`${product}_${version}` as keyof typeof documents]
    const documented = `/${version}${rest_}`
    expect([200, 201, 204]).toContain(answer.status)
    expect(openApi.knows(method, documented, answer.status)).toBe(true)
    const text = await answer.text()
    expect(answer.status === 204 ? text : openApi.problems(method, documented, answer.status, JSON.parse(text))).toHaveLength(0)
    expect(rest.warnings()).toEqual([])
  })

  test('a bundle is valid in every state of its review', async () => {
    const sid = await makers.bundle()
    const statuses: string[] = []
    const look = async () => {
      const answer = await fetch(`${rest.url}${compliance}/Bundles/${sid}`, { headers: { authorization: rest.authorization } })
      const body = (await answer.json()) as { status: string }
      expect(documents.numbers_v2.problems('GET', '/v2/RegulatoryCompliance/Bundles/{Sid}', 200, body)).toEqual([])
      statuses.push(body.status)
    }
    await look()
    await papers().bundles(sid).update({ status: 'pending-review' })
    await look()
    rest.clock.advance(rest.switches.bundlePendingMs)
    await look()
    rest.clock.advance(rest.switches.bundleReviewMs)
    await look()
    expect(statuses).toEqual(['draft', 'pending-review', 'in-review', 'twilio-rejected'])
  })
})
