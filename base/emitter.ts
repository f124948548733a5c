/** Listeners of one kind. `emit` calls each in the order they came; one that throws does not keep the others from hearing it. */
export function createEmitter<T>(onError: (error: unknown) => void) {
  const listeners = new Set<(value: T) => void>()
  return {
    on: (listener: (value: T) => void): (() => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    emit: (value: T): void => {
      for (const listener of listeners) {
        try {
          listener(value)
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}
