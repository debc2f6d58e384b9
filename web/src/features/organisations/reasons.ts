// Why a row of a list cannot be imported, in words.
import { t } from './texts'

const known = ['required', 'value', 'school_code_form', 'school_code_category', 'school_code_taken', 'name_taken', 'import_planned', 'import_twice', 'import_parent', 'import_parent_ambiguous', 'import_parent_above', 'import_school', 'import_class'] as const

export function reasonLabel(code: string | undefined): string {
  const short = code?.replace(/^organisations\./, '')
  const found = known.find(one => one === short)
  return found ? t(`reason_${found}`) : (code ?? '')
}
