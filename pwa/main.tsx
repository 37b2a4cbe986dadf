// The page's entry: styles, the identity kept on this device, and the app on the root element.
import './app/trusted-types.ts'
import './ui/ui.css'
import './app/app.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { applyTheme } from './features/preferences/preferences.ts'
import { createIdentityStore } from './keys/identity.ts'

applyTheme()
const identity = createIdentityStore()
void identity.load()
const root = document.getElementById('root')
if (root) createRoot(root).render(<App identity={identity} />)
