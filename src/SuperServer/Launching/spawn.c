int superserver_placeholder(void){return 0;}
