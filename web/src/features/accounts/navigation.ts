import { User } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/me', label: () => t('me'), icon: User, order: 90, shell: 'citizen' }]
