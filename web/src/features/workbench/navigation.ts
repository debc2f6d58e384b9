import { LayoutDashboard } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin', label: () => t('title'), icon: LayoutDashboard, order: 10, shell: 'admin' }]
