import { Presentation } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/training', label: () => t('plan'), icon: Presentation, order: 54, shell: 'admin', group: 'programme', roles: administrators }]
