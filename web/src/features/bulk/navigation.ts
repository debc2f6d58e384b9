import { ListChecks } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/bulk-works', label: () => t('title'), icon: ListChecks, order: 36, shell: 'admin', group: 'people', roles: administrators }]
