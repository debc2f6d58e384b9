import type { Role } from '@/api/types'
import { texts } from './i18n'

/** What an office is called. */
export const roleName: (role: Role) => string = texts({
  province_admin: ['省级管理员', 'the province’s administrator'],
  city_admin: ['市级管理员', 'the city’s administrator'],
  county_admin: ['县区管理员', 'the county’s administrator'],
  school_admin: ['学校管理员', 'the school’s administrator'],
  class_teacher: ['班主任', 'the class teacher'],
  inspector: ['督导', 'the inspector'],
})
