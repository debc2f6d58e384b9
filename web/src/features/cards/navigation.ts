import { IdCard, ScanLine } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [
  { to: '/card', label: () => t('card'), icon: IdCard, order: 20, shell: 'citizen' },
  { to: '/verify', label: () => t('verify_tab'), icon: ScanLine, order: 30, shell: 'citizen' },
  { to: '/admin/cards', label: () => t('manage'), icon: IdCard, order: 38, shell: 'admin', group: 'people' },
]
