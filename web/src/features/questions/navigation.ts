import { CircleHelp } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/questions', label: () => t('questions'), icon: CircleHelp, order: 62, shell: 'admin', group: 'help', roles: administrators }]
