import { FileUp, GraduationCap } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [
  { to: '/admin/roster', label: () => t('title'), icon: GraduationCap, order: 30, shell: 'admin', group: 'people' },
  { to: '/admin/imports', label: () => t('imports'), icon: FileUp, order: 35, shell: 'admin', group: 'people', roles: administrators },
]
