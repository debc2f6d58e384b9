import { LayoutGrid } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/apps', label: () => t('apps'), icon: LayoutGrid, order: 65, shell: 'admin', group: 'apps', roles: administrators }]
