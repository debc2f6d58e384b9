// Single-key shortcuts: never while somebody types or holds a key down, never with a modifier, never over a dialog, and only when they are switched on.
import { onMounted, onUnmounted } from 'vue'
import { preferences } from '@/app/preferences'

export type Shortcuts = Record<string, () => void>

export function meant(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.repeat || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return false
  const target = event.target as HTMLElement | null
  return !target?.closest?.('input, textarea, select, [contenteditable], dialog') && !document.querySelector('dialog[open]')
}

export function useShortcuts(shortcuts: Shortcuts) {
  function press(event: KeyboardEvent) {
    if (!preferences.shortcuts || !meant(event)) return
    const act = shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => addEventListener('keydown', press))
  onUnmounted(() => removeEventListener('keydown', press))
}
