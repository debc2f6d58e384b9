import { Newspaper } from 'lucide-vue-next'
import { allRoles, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/bulletins', label: () => t('bulletins'), icon: Newspaper, order: 52, shell: 'admin', group: 'programme', roles: allRoles }]
