import type { DocumentKind } from '@/api/accounts'
import { texts } from './i18n'
import type { DocumentFault } from './documents'

export const documentName: (kind: DocumentKind) => string = texts({
  resident_id: ['居民身份证', 'Resident ID card'],
  officer: ['军官证', 'Officer’s ID'],
  soldier: ['士兵证', 'Soldier’s ID'],
  military_civilian: ['文职干部证', 'Military civilian’s ID'],
  military_retired: ['部队离退休证', 'Military retirement ID'],
  hong_kong: ['香港特区护照或身份证明', 'Hong Kong SAR passport or ID'],
  macao: ['澳门特区护照或身份证明', 'Macao SAR passport or ID'],
  taiwan_travel_permit: ['台湾居民来往大陆通行证', 'Travel permit for Taiwan residents'],
  permanent_residence: ['境外永久居住证', 'Permanent residence ID'],
  passport: ['护照', 'Passport'],
  household_register: ['户口簿', 'Household register'],
  other: ['其他证件', 'Other document'],
})

export const documentFault: (fault: DocumentFault) => string = texts({
  empty: ['请输入证件号码', 'Enter the document’s number'],
  length: ['身份证号应为 18 位', 'The ID number has 18 characters'],
  characters: ['身份证号应为 18 位数字，最后一位可以是 X', 'The ID number is 18 digits; the last may be X'],
  date: ['身份证号中的出生日期不正确，请核对第 7 到 14 位', 'The date of birth in the ID number does not exist. Check characters 7 to 14'],
  future_date: ['身份证号中的出生日期还没有到，请核对第 7 到 14 位', 'The date of birth in the ID number is in the future. Check characters 7 to 14'],
  check_digit: ['身份证号校验不通过，请核对是否有一位输错', 'The ID number does not check. See whether one character is wrong'],
  implausible: ['这不像是该证件的号码，请核对', 'This does not look like such a document’s number. Please check'],
})
