import { SlidersHorizontal } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/settings', label: () => t('title'), icon: SlidersHorizontal, order: 65, shell: 'admin', group: 'places', roles: administrators }]
