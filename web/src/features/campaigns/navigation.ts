import { CalendarCheck2 } from 'lucide-vue-next'
import { allRoles, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/campaigns', label: () => t('campaigns'), icon: CalendarCheck2, order: 51, shell: 'admin', group: 'programme', roles: allRoles }]
