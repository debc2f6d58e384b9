import { GitMerge } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/restructuring', label: () => t('title'), icon: GitMerge, order: 41, shell: 'admin', group: 'places', roles: administrators }]
