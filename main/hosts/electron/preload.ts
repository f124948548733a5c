// Bundled into one CommonJS file: a sandboxed preload can require nothing but `electron`.
import { contextBridge, ipcRenderer } from 'electron'

type Listener = (payload: unknown) => void
const listeners = new Map<string, Set<Listener>>()

ipcRenderer.on('bridge-event', (_event, { event, payload }: { event: string; payload: unknown }) => {
  for (const listener of listeners.get(event) ?? []) listener(payload)
})

// The page gets two functions and no part of ipcRenderer itself.
contextBridge.exposeInMainWorld('linekeeper', {
  request: (name: string, args: unknown): Promise<unknown> => ipcRenderer.invoke('bridge', name, args),
  on(event: string, listener: Listener): () => void {
    const all = listeners.get(event) ?? new Set()
    listeners.set(event, all.add(listener))
    return () => all.delete(listener)
  },
})
