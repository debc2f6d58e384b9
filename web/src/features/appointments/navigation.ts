import { UserCog } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/appointments', label: () => t('title'), icon: UserCog, order: 60, shell: 'admin', group: 'places', roles: administrators }]
