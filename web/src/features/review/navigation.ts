import { ClipboardCheck } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/reviews', label: () => t('title'), icon: ClipboardCheck, order: 20, shell: 'admin' }]
