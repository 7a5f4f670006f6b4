// VitePress's own theme, and a few rules for what we add.
import DefaultTheme from 'vitepress/theme'
import './style.css'

export default DefaultTheme
