// VitePress's own theme with the system's fonts, and what we add to it.
import DefaultTheme from 'vitepress/theme-without-fonts'
import Recording from './Recording.vue'
import '../../figures-colours.css'
import './style.css'
import './print.css'

export default {
    extends: DefaultTheme,
    enhanceApp({ app }) {
        app.component('Recording', Recording)
    },
}
