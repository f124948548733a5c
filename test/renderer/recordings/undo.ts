import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'

/** Takes back what was just said to be done. A toast takes clicks a moment after it is drawn. */
export const undo = () => waitFor(() => userEvent.click(screen.getByRole('button', { name: 'Undo' })), { timeout: 15_000 })
