import type { SandboxAccount } from '../account/account.ts'
import type { Bundle, ComplianceItem, EvaluationResult } from '../account/state.ts'
import { regulations, type Field, type Regulation } from '../world/regulations.ts'
import type { RestContext } from './http.ts'

export type BundleStatus = 'draft' | 'pending-review' | 'in-review' | 'twilio-rejected' | 'twilio-approved'

/** The regulation a bundle was made for. */
function regulationOf(bundle: Bundle): Regulation {
  const found = regulations.find(({ sid }) => sid === bundle.regulationSid)
  if (!found) throw new Error(`bundle ${bundle.sid} is of a regulation that does not exist`)
  return found
}

/** How a bundle stands: pending, then in review, then approved, or rejected when it does not comply. */
export function bundleStatus(
  bundle: Bundle,
  { account, clock, switches }: Pick<RestContext, 'account' | 'clock' | 'switches'>,
): { status: BundleStatus; regulation: Regulation } {
  const regulation = regulationOf(bundle)
  const status = (): BundleStatus => {
    if (bundle.submittedAt === null) return 'draft'
    const waited = clock.now() - bundle.submittedAt
    if (waited < switches.bundlePendingMs) return 'pending-review'
    if (waited < switches.bundlePendingMs + switches.bundleReviewMs) return 'in-review'
    if (bundle.verdict) return bundle.verdict
    return isCompliant(evaluate(bundle, account)) ? 'twilio-approved' : 'twilio-rejected'
  }
  return { status: status(), regulation }
}

export const isCompliant = (results: EvaluationResult[]): boolean => results.every(({ passed }) => passed)

/** What a bundle's items come to against its regulation, requirement by requirement (the shape is that of Twilio's example). */
export function evaluate(bundle: Bundle, { state }: Pick<SandboxAccount, 'state'>): EvaluationResult[] {
  const regulation = regulationOf(bundle)
  const sids = new Set(bundle.items.map(({ objectSid }) => objectSid))
  const endUser = state.endUsers.find(({ sid, type }) => sids.has(sid) && type === regulation.endUserType)
  const isBusiness = regulation.endUserType === 'business'
  return [
    requirement({
      item: endUser,
      type: regulation.endUserType,
      name: isBusiness ? 'Business' : 'Individual',
      requirementName: isBusiness ? 'business_info' : 'individual_info',
      fields: regulation.endUser,
      codes: { item: 22214, field: 22215 },
      isFieldValid: isSet,
    }),
    ...regulation.documents.map(({ accepted, requirementName, name }) => {
      const document = state.supportingDocuments.find(({ sid, type }) => sids.has(sid) && accepted.some((one) => one.type === type))
      const paper = accepted.find((one) => one.type === document?.type) ?? accepted[0]
      const isFieldValid = (value: unknown, machineName: string) =>
        machineName === 'address_sids' ? isAddressIn(value, regulation.iso, state) : isSet(value)
      return requirement({
        item: document,
        type: paper?.type ?? '',
        name,
        requirementName,
        fields: paper?.fields ?? [],
        codes: { item: 22216, field: 22217 },
        isFieldValid,
      })
    }),
  ]
}

const isSet = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''

/** One address SID, or several, all of them ours and in the country. */
function isAddressIn(value: unknown, iso: string, state: SandboxAccount['state']): boolean {
  const sids: unknown[] = Array.isArray(value) ? value : [value]
  return sids.length > 0 && sids.every((sid) => state.addresses.some((address) => address.sid === sid && address.isoCountry === iso))
}

function requirement(asked: {
  item: ComplianceItem | undefined
  type: string
  name: string
  requirementName: string
  fields: Field[]
  codes: { item: number; field: number }
  isFieldValid: (value: unknown, machineName: string) => boolean
}): EvaluationResult {
  const { item, name, fields, codes } = asked
  const isValid = ({ machineName }: Field) => asked.isFieldValid(item?.attributes[machineName], machineName)
  const invalid = fields.filter((field) => !isValid(field))
  const passed = item !== undefined && invalid.length === 0
  return {
    friendly_name: name,
    object_type: asked.type,
    passed,
    failure_reason: passed ? '' : item ? `${name} is incomplete.` : `${name} is missing. Please add one to the regulatory bundle.`,
    error_code: passed ? null : item ? codes.field : codes.item,
    valid: fields.filter(isValid).map((field) => ({ friendly_name: field.friendlyName, object_field: field.machineName })),
    invalid: invalid.map(({ friendlyName, machineName }) => ({
      friendly_name: friendlyName,
      object_field: machineName,
      failure_reason: `The ${friendlyName} is missing or wrong.`,
      error_code: codes.field,
    })),
    requirement_friendly_name: name,
    requirement_name: asked.requirementName,
  }
}
