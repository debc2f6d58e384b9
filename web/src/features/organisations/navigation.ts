import { Network } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/organisations', label: () => t('title'), icon: Network, order: 40, shell: 'admin', group: 'places', roles: administrators }]
