import { documentTypes, endUserFields, fixedSid, regulations, type Field, type Regulation } from '../world/regulations.ts'
import { spellings } from '../world/types.ts'
import { equals, knowOnly } from './filters.ts'
import { notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { productPage, productUrl } from './paging.ts'

/** Everything about papers is below this. */
export const compliance = '/numbers/v2/RegulatoryCompliance'
const path = `${compliance}/Regulations`

const detailed = (fields: Field[]): object => ({
  fields: fields.map(({ machineName }) => machineName),
  detailed_fields: fields.map(({ machineName, friendlyName, description }) => ({
    machine_name: machineName,
    friendly_name: friendlyName,
    description,
  })),
})

/** A regulation's requirements in Twilio's own fields. */
function requirements({ endUserType, endUser, documents }: Regulation, withConstraints: boolean): object {
  const constraints = withConstraints ? { constraints: [] } : {}
  return {
    end_user: [
      {
        name: endUserType === 'business' ? 'Business' : 'Individual',
        type: endUserType,
        requirement_name: `${endUserType}_info`,
        url: productUrl(`${path}/${endUserType}`),
        ...detailed(endUser),
        ...constraints,
      },
    ],
    supporting_document: [
      documents.map(({ name, requirementName, description, accepted }) => ({
        name,
        type: 'document',
        requirement_name: requirementName,
        description,
        accepted_documents: accepted.map((document) => ({
          name: document.name,
          type: document.type,
          url: productUrl(`${compliance}/DocumentTypes/${document.type}`),
          ...detailed(document.fields),
          ...constraints,
        })),
      })),
    ],
  }
}

const shape = (regulation: Regulation, withConstraints: boolean): object => ({
  sid: regulation.sid,
  friendly_name: regulation.friendlyName,
  iso_country: regulation.iso,
  number_type: spellings[regulation.kind].regulation,
  end_user_type: regulation.endUserType,
  requirements: requirements(regulation, withConstraints),
  url: productUrl(`${path}/${regulation.sid}`),
})

const withConstraints = ({ query }: RestContext): boolean => query.get('IncludeConstraints')?.toLowerCase() === 'true'

/** @throws RestError 22212 (end-user type), 22213 (number type) */
function list(context: RestContext): RestAnswer {
  knowOnly(context, ['EndUserType', 'IsoCountry', 'NumberType', 'IncludeConstraints'])
  const { query } = context
  const [endUser, type] = [query.get('EndUserType'), query.get('NumberType')]
  if (endUser && !(endUser in endUserFields)) throw new RestError(22212, `Invalid End-User Type in request: ${endUser}`)
  const types = Object.values(spellings).map(({ regulation }) => regulation)
  if (type && !types.includes(type)) throw new RestError(22213, `Invalid Number Type in request: ${type}`)
  const [isIn, isFor, isOf] = [equals(context, 'IsoCountry'), equals(context, 'EndUserType'), equals(context, 'NumberType')]
  const rows = regulations.filter((one) => isIn(one.iso) && isFor(one.endUserType) && isOf(spellings[one.kind].regulation))
  return productPage(context, 'results', rows, { at: () => 0, shape: (one) => shape(one, withConstraints(context)) })
}

interface ItemType {
  sid: string
  friendlyName: string
  machineName: string
  fields: Field[]
}

/** Two resources of the same make: what kinds of end users and of documents there are. */
function typeOperations(resource: string, key: string, rows: ItemType[]): Operation[] {
  const typeShape = ({ sid, friendlyName, machineName, fields }: ItemType): object => ({
    sid,
    friendly_name: friendlyName,
    machine_name: machineName,
    fields: fields.map((field) => ({ friendly_name: field.friendlyName, machine_name: field.machineName, constraint: 'String' })),
    url: productUrl(`${compliance}/${resource}/${sid}`),
  })
  return [
    {
      method: 'GET',
      path: `${compliance}/${resource}`,
      run: (context) => {
        knowOnly(context, [])
        return productPage(context, key, rows, { at: () => 0, shape: typeShape })
      },
    },
    {
      method: 'GET',
      path: `${compliance}/${resource}/{Sid}`,
      run: (context) => {
        const found = rows.find(({ sid }) => sid === context.path['Sid'])
        if (!found) throw notFound(context.url)
        return { status: 200, body: typeShape(found) }
      },
    },
  ]
}

const endUserTypes = Object.entries(endUserFields).map(([machineName, fields]): ItemType => ({
  sid: fixedSid('OY', machineName),
  friendlyName: machineName === 'business' ? 'Business' : 'Individual',
  machineName,
  fields,
}))
const supportingDocumentTypes = documentTypes.map(({ type, name, fields }): ItemType => ({
  sid: fixedSid('OY', type),
  friendlyName: name,
  machineName: type,
  fields,
}))

/** Which papers which numbers need. Nothing listed for a country and type means that none are needed. */
export const regulationOperations: Operation[] = [
  { method: 'GET', path, run: list },
  {
    method: 'GET',
    path: `${path}/{Sid}`,
    run: (context) => {
      const found = regulations.find(({ sid }) => sid === context.path['Sid'])
      if (!found) throw notFound(context.url)
      return { status: 200, body: shape(found, withConstraints(context)) }
    },
  },
  ...typeOperations('EndUserTypes', 'end_user_types', endUserTypes),
  ...typeOperations('SupportingDocumentTypes', 'supporting_document_types', supportingDocumentTypes),
]
