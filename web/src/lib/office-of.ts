import type { OrganisationKind } from '@/api/organisations'
import type { Role } from '@/api/types'

/** The office that a kind of organisation has. */
export const officeOf: Record<OrganisationKind, Role> = {
  province: 'province_admin',
  city: 'city_admin',
  county: 'county_admin',
  unit: 'county_admin',
  school: 'school_admin',
  class: 'class_teacher',
}
