import { countries } from './countries.ts'
import { hash } from './numbers.ts'
import { spellings, type Kind } from './types.ts'

export type EndUserType = 'individual' | 'business'

export interface Field {
  machineName: string
  friendlyName: string
  description: string
}

/** A paper that a regulation accepts. */
export interface DocumentType {
  type: string
  name: string
  fields: Field[]
}

/** What one country asks of one kind of user before they get one kind of number. */
export interface Regulation {
  sid: string
  friendlyName: string
  iso: string
  kind: Kind
  endUserType: EndUserType
  /** Fields of the end user. */
  endUser: Field[]
  /** Requirements, each met by one of the documents. */
  documents: { requirementName: string; name: string; description: string; accepted: DocumentType[] }[]
}

const field = (machineName: string, friendlyName: string, description: string): Field => ({ machineName, friendlyName, description })

const person = [field('first_name', 'First Name', 'First name of the person'), field('last_name', 'Last Name', 'Last name of the person')]
/** What is asked of the two kinds of end users. */
export const endUserFields: Record<EndUserType, Field[]> = {
  individual: person,
  business: [
    field('business_name', 'Business Name', 'Name of the business'),
    field('business_registration_number', 'Business Registration Number', 'Number in the commercial register'),
    ...person,
  ],
}

const addressDocument: DocumentType = {
  type: 'address',
  name: 'Address Validation',
  fields: [field('address_sids', 'Address sid(s)', 'Address SID of the individual or business')],
}
const registerDocument: DocumentType = {
  type: 'commercial_registrar_excerpt',
  name: 'Excerpt from the commercial register',
  fields: [field('business_name', 'Business Name', 'Name of the business')],
}
const identityDocument: DocumentType = {
  type: 'government_issued_document',
  name: 'Government-issued ID',
  fields: [field('first_name', 'First Name', 'As the document says'), field('last_name', 'Last Name', 'As the document says')],
}

/** All kinds of documents there are. */
export const documentTypes = [addressDocument, registerDocument, identityDocument]

/** A SID that is the same in every world, for things that are not the account's. */
export function fixedSid(prefix: string, text: string): string {
  const parts = ['a', 'b', 'c', 'd'].map((salt) =>
    hash(salt + text)
      .toString(16)
      .padStart(8, '0'),
  )
  return prefix + parts.join('')
}

const titles: Record<EndUserType, string> = { individual: 'Individual', business: 'Business' }

/** The regulations of every offer that asks for a bundle: one for individuals, one for businesses. */
export const regulations: Regulation[] = countries.flatMap((country) =>
  country.offers
    .filter(({ papers }) => papers === 'bundle')
    .flatMap(({ kind }) =>
      (['individual', 'business'] as const).map((endUserType) => ({
        sid: fixedSid('RN', `${country.iso}${kind}${endUserType}`),
        friendlyName: `${country.name}: ${kind} - ${titles[endUserType]}`,
        iso: country.iso,
        kind,
        endUserType,
        endUser: endUserFields[endUserType],
        documents: [
          {
            requirementName: 'proof_of_address',
            name: 'Address',
            description: 'The physical location of the individual or business, within the country',
            accepted: [addressDocument],
          },
          endUserType === 'business'
            ? {
                requirementName: 'business_name_info',
                name: 'Business Name',
                description: 'Proof of the business',
                accepted: [registerDocument],
              }
            : { requirementName: 'individual_name_info', name: 'Name', description: 'Proof of identity', accepted: [identityDocument] },
        ],
      })),
    ),
)

/** A regulation as NumberType and IsoCountry name it. */
export const findRegulation = (iso: string | null, numberType: string | null, endUserType: string | null): Regulation | undefined =>
  regulations.find((one) => one.iso === iso && spellings[one.kind].regulation === numberType && one.endUserType === endUserType)
