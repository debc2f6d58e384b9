import { LifeBuoy } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/problems', label: () => t('desk'), icon: LifeBuoy, order: 60, shell: 'admin', group: 'help', roles: administrators }]
