import { ChartNoAxesColumn } from 'lucide-vue-next'
import { allRoles, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/progress', label: () => t('title'), icon: ChartNoAxesColumn, order: 50, shell: 'admin', group: 'programme', roles: allRoles }]
