import { ScrollText } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/audit', label: () => t('title'), icon: ScrollText, order: 70, shell: 'admin', group: 'places', roles: administrators }]
